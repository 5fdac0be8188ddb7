"""`topoplan explore`: one report, walked through in the terminal. It shows what was found and decides nothing."""
