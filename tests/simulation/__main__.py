"""Plays schedules under simulated time: one with its trace, or a campaign of many.

python -m tests.simulation SEED
python -m tests.simulation --schedules 100000 --seed 1
"""

import sys

from tests.simulation.campaign import main

sys.exit(main(sys.argv[1:]))
