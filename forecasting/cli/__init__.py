"""The command line: predict, evaluate, pretrain and tune without the bot."""
