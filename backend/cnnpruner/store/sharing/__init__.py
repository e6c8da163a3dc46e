"""Stores links and exports; reads and adds whole experiments for bundles."""
