"""What the benchmarks of the live path start: the load client, and the servers that hold the same viewers as ours."""
