"""The card in a phone's own wallet: an Apple pass, or a link by which Google Wallet takes it up."""
