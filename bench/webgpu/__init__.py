"""What WebLLM and the app's downloader do on this machine's GPU, in a real browser."""
