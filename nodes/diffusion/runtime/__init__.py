"""What only a worker imports: describing repos and blocks, holding weights, running blocks."""
