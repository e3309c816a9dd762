"""Parsed receipts → rows matched to the inventory, and their images in a bucket."""
