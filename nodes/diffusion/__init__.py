"""Diffusion nodes: pipeline refs as plain data, and block nodes generated from Modular Diffusers' own specs.

Everything here but `runtime/` also runs in the server and imports neither torch nor diffusers.
"""
