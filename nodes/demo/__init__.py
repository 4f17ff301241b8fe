"""The embedded demo model: a very small SDXL-type pipeline that draws coloured shapes, and the code it is made with."""
