"""The container of a run, told from what containers really write about themselves."""

from __future__ import annotations

import pytest

from governance.integrations.facts.container import container

HEX = "0123456789abcdef" * 4
PODMAN = f'''engine="podman-5.4.2"
name="trainer"
id="{HEX}"
image="docker.io/pytorch/pytorch:2.9.1"
imageid="{HEX[::-1]}"
rootless=1
'''
CGROUP_1 = f"12:memory:/docker/{HEX}\n11:cpu:/docker/{HEX}\n"
KUBERNETES = f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-{HEX}.scope\n"
MOUNTS = f"722 711 254:1 /var/lib/docker/containers/{HEX}/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n"


def told(root, files=None, **environ):
    for name, text in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return container(environ, root)


def test_outside_of_any_container_nothing_is_told(tmp_path):
    body = told(tmp_path, {"proc/self/cgroup": "0::/user.slice/user-1000.slice/session-3.scope\n"})
    assert {body[name] for name in ("runtime", "image", "image_digest", "image_id", "container_id")} == {None}
    assert (body["kubernetes"], body["said_by"], body["not_understood"]) == (False, {}, [])


def test_podman_tells_image_and_configuration_and_that_is_no_digest_of_a_registry(tmp_path):
    body = told(tmp_path, {"run/.containerenv": PODMAN})
    assert (body["runtime"], body["image"], body["container_id"]) == ("podman", "docker.io/pytorch/pytorch:2.9.1", HEX)
    assert (body["image_id"], body["image_digest"]) == (f"sha256:{HEX[::-1]}", None)
    assert body["said_by"]["image_id"] == "/run/.containerenv"


@pytest.mark.parametrize(
    ("files", "by"),
    [
        ({"proc/self/cgroup": CGROUP_1}, "/proc/self/cgroup"),
        ({"proc/self/cgroup": KUBERNETES}, "/proc/self/cgroup"),
        ({"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": MOUNTS, ".dockerenv": ""}, "/proc/self/mountinfo"),
    ],
)
def test_docker_and_kubernetes_tell_the_id_of_the_container_alone(tmp_path, files, by):
    body = told(tmp_path, files)
    assert (body["container_id"], body["said_by"]["container_id"]) == (HEX, by)
    assert body["image_digest"] is body["image_id"] is None


def test_apptainer_tells_the_name_of_its_file_without_its_folder(tmp_path):
    body = told(tmp_path, APPTAINER_CONTAINER="/home/ada/images/torch_2.9.sif", APPTAINER_NAME="torch_2.9.sif")
    assert (body["runtime"], body["image"], body["image_digest"]) == ("apptainer", "torch_2.9.sif", None)


def test_who_starts_it_can_say_the_digest_and_nothing_but_a_digest_is_believed(tmp_path):
    body = told(
        tmp_path, GOVERN_CONTAINER_DIGEST=f"registry.example/train@sha256:{HEX}", KUBERNETES_SERVICE_HOST="10.0.0.1"
    )
    assert (body["image_digest"], body["image"], body["kubernetes"]) == (
        f"sha256:{HEX}",
        "registry.example/train",
        True,
    )
    body = told(tmp_path, GOVERN_CONTAINER_DIGEST="latest")
    assert (body["image_digest"], body["not_understood"]) == (None, ["GOVERN_CONTAINER_DIGEST"])


def test_a_user_and_password_before_the_registry_are_not_taken_for_an_image(tmp_path):
    body = told(tmp_path, GOVERN_CONTAINER_DIGEST=f"https://ada:s3cret@registry.example/train@sha256:{HEX}")
    assert (body["image"], body["image_digest"], body["not_understood"]) == (None, None, ["GOVERN_CONTAINER_DIGEST"])
