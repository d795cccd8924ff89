"""Files of daily prices as people have them, read exactly or refused with their line; `reading` is the entrance."""
