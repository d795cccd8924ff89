"""Pure views: values in, HTML texts, keyboards and PNG charts out."""
