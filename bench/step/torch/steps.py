"""One training step of each kind. The parameters of both GAN networks are updated together at the end."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from denoiser import create_denoiser
from layers import Layers
from networks import create_generator, discriminate
from workload import TrainedGroup, Workload

# Runs one step and returns its losses by the names that the extension's steps use.
Step = Callable[[], dict[str, float]]


def create_step(workload: Workload) -> Step:
    kinds: dict[str, Callable[[Workload], Step]] = {
        "full": adversarial_step,
        "lora": adversarial_step,
        "full-generator": generator_step,
        "lora-generator": generator_step,
        "denoiser": denoiser_step,
    }
    return kinds[workload.description["kind"]](workload)


def adversarial_step(workload: Workload) -> Step:
    """Pix2pix: a generator, or LoRA on a frozen one, against a discriminator."""
    description = workload.description
    options = description["discriminator"]
    kind, lambda_l1 = description["loss"], description["lambdaL1"]
    sharing = description.get("sharing", True)
    source, target = workload.inputs["source"], workload.inputs["target"]
    trained, generate = trained_generator(workload)
    discriminator = workload.groups["discriminator"]
    layers = Layers(discriminator.tensors)

    def logits_of(image: Tensor) -> Tensor:
        return discriminate(layers, options["layers"], source, image)

    # `backward` with `inputs` skips every gradient that only the other network needs.
    def run() -> dict[str, float]:
        forget_gradients(trained, discriminator)
        # The losses of the discriminator are halved (Isola et al. 2017, section 3.3). The pass over real images
        # ends before the generator begins, so that its activations are freed by then.
        loss_real = 0.5 * adversarial_loss(kind, logits_of(target), True)
        loss_real.backward(inputs=discriminator.parameters)

        image = generate(source)
        logits = logits_of(image if sharing else image.detach())
        loss_fake = 0.5 * adversarial_loss(kind, logits, False)
        # One shared pass over the generated images serves both networks, since neither has been updated yet.
        loss_fake.backward(inputs=discriminator.parameters, retain_graph=sharing)
        if not sharing:
            logits = logits_of(image)

        loss_l1 = F.l1_loss(image, target)
        loss_generator = adversarial_loss(kind, logits, True) + lambda_l1 * loss_l1
        loss_generator.backward(inputs=trained.parameters)

        trained.optimizer.step()
        discriminator.optimizer.step()
        return {
            "loss/l1": loss_l1.item(),
            "loss/generator": loss_generator.item(),
            "loss/discriminator": loss_real.item() + loss_fake.item(),
        }

    return run


def generator_step(workload: Workload) -> Step:
    """The generator alone, with the L1 loss."""
    lambda_l1 = workload.description["lambdaL1"]
    source, target = workload.inputs["source"], workload.inputs["target"]
    trained, generate = trained_generator(workload)

    def run() -> dict[str, float]:
        forget_gradients(trained)
        loss_l1 = F.l1_loss(generate(source), target)
        loss_generator = lambda_l1 * loss_l1
        loss_generator.backward(inputs=trained.parameters)
        trained.optimizer.step()
        return {"loss/l1": loss_l1.item(), "loss/generator": loss_generator.item()}

    return run


def denoiser_step(workload: Workload) -> Step:
    """The weight generator: mean squared error over the values that are not padding."""
    inputs = workload.inputs
    target, mask = inputs["target"], inputs["targetMask"]
    trained = workload.groups["denoiser"]
    predict = create_denoiser(Layers(trained.tensors), workload.description["denoiser"])

    def run() -> dict[str, float]:
        forget_gradients(trained)
        errors = (predict(inputs) - target) * mask
        loss = errors.square().sum() / mask.sum()
        loss.backward(inputs=trained.parameters)
        trained.optimizer.step()
        return {"loss": loss.item()}

    return run


def trained_generator(workload: Workload) -> tuple[TrainedGroup, Callable[[Tensor], Tensor]]:
    """The group that learns, and the generator that depends on it: [N, 3, S, S] to the same."""
    groups, constants = workload.groups, workload.constants
    if "lora" in groups:
        trained = groups["lora"]
        frozen = constants["frozen"].tensors if "frozen" in constants else {}
        layers = Layers(constants["base"].tensors, {**frozen, **trained.tensors})
    else:
        trained = groups["generator"]
        layers = Layers(trained.tensors)
    return trained, create_generator(layers, workload.description["generator"])


def forget_gradients(*groups: TrainedGroup) -> None:
    # If the gradients are None, the backward pass assigns its results instead of adding them to zeros.
    for group in groups:
        group.optimizer.zero_grad(set_to_none=True)


def adversarial_loss(kind: str, logits: Tensor, real: bool) -> Tensor:
    """Loss of the logits against the label `real` (or not), averaged over patches."""
    if kind == "lsgan":
        return ((logits - 1) if real else logits).square().mean()
    return F.softplus(-logits if real else logits).mean()
