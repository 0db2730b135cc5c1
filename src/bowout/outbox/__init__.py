"""bowout.outbox"""
