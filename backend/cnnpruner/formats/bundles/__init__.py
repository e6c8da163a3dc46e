"""Bundles: each contains an experiment as one .zip file, written as a stream and read as untrusted input. Uses neither
torch nor pickle.
"""
