"""Where images come from: torchvision data sets, image folders, user-defined factories."""
