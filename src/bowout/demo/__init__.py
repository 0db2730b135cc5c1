"""bowout.demo"""
