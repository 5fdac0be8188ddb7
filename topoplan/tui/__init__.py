"""`topoplan explore`: one report, walked through in the terminal. It shows what `analysis` found and decides nothing."""
