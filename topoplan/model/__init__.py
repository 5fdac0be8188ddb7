"""The words of topoplan as frozen values; standard library only."""
