"""The ground everything stands on: errors, exact numbers, dates, progress. It imports nothing else of Ayni."""
