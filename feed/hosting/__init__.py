"""The files that serve and publish one newsroom: for web servers, for systemd, for static hosting (docs/hosting.md)."""
