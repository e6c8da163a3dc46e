"""The networks that can be built, by name, without building one."""
