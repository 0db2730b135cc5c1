"""bowout.cli"""
