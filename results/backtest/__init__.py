"""How good the projection would have been: real elections released again unit by unit, in orders that fool projections.

Pure but for reading the files: numpy, the standard library and results.projection. `manage.py backtest` runs it.
"""
