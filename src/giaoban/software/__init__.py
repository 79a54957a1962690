"""Software from one place: which packages boxes need, and the signed repository that has them."""
