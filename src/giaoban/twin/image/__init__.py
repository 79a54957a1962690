"""The factory images: what is in them, and how they are built, layer by layer."""

from giaoban.twin.image.build import Images, build_images, every_layer, remove_unused

__all__ = ["Images", "build_images", "every_layer", "remove_unused"]
