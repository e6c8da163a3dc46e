"""The names of torchvision's classifiers. A test compares them with torchvision itself. Does not import torch."""

from collections.abc import Mapping

_TORCHVISION_FAMILIES: Mapping[str, tuple[str, int]] = {
    "alexnet": ("AlexNet", 63),
    "convnext_tiny convnext_small convnext_base convnext_large": ("ConvNeXt", 32),
    "densenet121 densenet161 densenet169 densenet201": ("DenseNet", 32),
    "efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 "
    "efficientnet_b6 efficientnet_b7": ("EfficientNet", 32),
    "efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l": ("EfficientNetV2", 32),
    "googlenet": ("GoogLeNet", 32),
    "inception_v3": ("Inception v3", 75),
    "maxvit_t": ("MaxViT", 224),
    "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3": ("MNASNet", 32),
    "mobilenet_v2": ("MobileNetV2", 32),
    "mobilenet_v3_small mobilenet_v3_large": ("MobileNetV3", 32),
    "regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf "
    "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf "
    "regnet_y_128gf": ("RegNet", 32),
    "resnet18 resnet34 resnet50 resnet101 resnet152": ("ResNet", 32),
    "resnext50_32x4d resnext101_32x8d resnext101_64x4d": ("ResNeXt", 32),
    "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0": ("ShuffleNetV2", 32),
    "squeezenet1_0 squeezenet1_1": ("SqueezeNet", 24),
    "swin_t swin_s swin_b": ("Swin Transformer", 32),
    "swin_v2_t swin_v2_s swin_v2_b": ("Swin Transformer V2", 32),
    "vgg11 vgg13 vgg16 vgg19": ("VGG", 32),
    "vgg11_bn vgg13_bn vgg16_bn vgg19_bn": ("VGG with batch norm", 32),
    "vit_b_16 vit_l_16": ("Vision Transformer", 32),
    "vit_b_32 vit_l_32": ("Vision Transformer", 32),
    "vit_h_14": ("Vision Transformer", 28),
    "wide_resnet50_2 wide_resnet101_2": ("Wide ResNet", 32),
}

TORCHVISION_NETWORKS: Mapping[str, tuple[str, int]] = {
    name: (f"{family}: {name}", min_image_edge)
    for names, (family, min_image_edge) in _TORCHVISION_FAMILIES.items()
    for name in names.split()
}
"""Title of each network, and the smallest image edge, in pixels, that the network accepts."""

SIZE_ARGUMENT_NAMES: Mapping[str, str] = {
    "vit_b_16": "image_size",
    "vit_b_32": "image_size",
    "vit_l_16": "image_size",
    "vit_l_32": "image_size",
    "vit_h_14": "image_size",
    "maxvit_t": "input_size",
}
"""Name of the constructor argument for the image size, for networks that are built for a single size."""

IMAGE_EDGE_STEPS: Mapping[str, int] = {
    "vit_b_16": 16,
    "vit_b_32": 32,
    "vit_l_16": 16,
    "vit_l_32": 32,
    "vit_h_14": 14,
    "maxvit_t": 224,
}
"""For networks that do not accept all image sizes: the image edge must be a multiple of this number of pixels."""

NETWORKS_WITH_INPUT_TRANSFORM = ("googlenet", "inception_v3")
"""Networks whose published weights expect differently normalised images than the weights of all other networks. With
the option `transform_input`, the network itself converts its input.
"""
