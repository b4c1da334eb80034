"""countnight: settings, routes and the server."""

import os

# One thread for linear algebra, said before numpy is loaded: sums split over threads differ in their last bits, and the
# projection's matrices are too small to gain from it. Somebody who sets it otherwise is taken at their word.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
