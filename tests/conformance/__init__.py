"""The rules that checkers hold RDAP and WHOIS to, as checks of our own."""
