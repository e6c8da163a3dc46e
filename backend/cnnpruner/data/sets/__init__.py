"""Where images come from: torchvision's sets, folders, factories of a person's own."""
