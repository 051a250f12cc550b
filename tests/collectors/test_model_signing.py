"""Signatures over models: the mathematics, the files both ways, and whose key it is."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from governance.domain.evidence import Quality, Role

SIGNER = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEe0+MWoB2neZ8snn4CmR9EFCslSOs
BzTiMHJSaNcSnfBf7+fWL7ZVXc8OF7pYtZbO25wgm34fNjoAUZ2XE4iuvQ==
-----END PUBLIC KEY-----
"""
"""The public half of the key that made the recorded `key.sig`."""
KEY = ec.generate_private_key(ec.SECP256R1())
MARK = "https://model_signing/signature/v1.0"


def pem(key):
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind)


def statement(files, *, name="adapter", **serialization):
    resources = [
        {"name": path, "algorithm": "sha256", "digest": hashlib.sha256(data).hexdigest()}
        for path, data in sorted(files.items())
    ]
    root = hashlib.sha256(b"".join(bytes.fromhex(row["digest"]) for row in resources)).hexdigest()
    settings = {"method": "files", "hash_type": "sha256", "allow_symlinks": False} | serialization
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": root}}],
        "predicateType": MARK,
        "predicate": {"serialization": settings, "resources": resources},
    }


def bundle(said, key=KEY, *, digest=None, signed=None, material=None):
    payload = json.dumps(said).encode()
    kind = b"application/vnd.in-toto+json"
    over = signed(payload) if signed else b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    made = key.sign(over, ec.ECDSA(digest or hashes.SHA256()))
    hint = hashlib.sha256(pem(key)).hexdigest()
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": material or {"publicKey": {"hint": hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind.decode(),
            "signatures": [{"sig": base64.b64encode(made).decode(), "keyid": ""}],
        },
    }


@pytest.fixture
def recorded(sample, read):
    """The recorded model with its key beside it; the signature made with the key, as it is read."""
    folder = sample("model-signing")
    (folder / "certificate.sig").unlink()
    (folder / "signer.pub").write_text(SIGNER)

    def go(*named, key="signer.pub"):
        paths = [folder, *(folder / each for each in named)]
        (fact,) = [fact for fact in read(*paths).found if fact.kind == "model-signature.v1"]
        return fact

    go.folder = folder
    return go


def test_a_key_that_was_named_verifies_and_the_evidence_is_whole(recorded):
    fact = recorded("signer.pub")
    assert fact.quality is Quality.COMPLETE
    assert [fact.body[key] for key in ("verified", "key_named", "files", "files_not_covered")] == [True, True, 3, 0]
    assert (fact.body["problems"], fact.body["not_checked"]) == ([], [])


@pytest.mark.parametrize("key_first", [True, False])
def test_a_key_kept_elsewhere_is_found_when_it_is_named(key_first, recorded, read, tmp_path):
    (recorded.folder / "signer.pub").unlink()
    key = tmp_path / "safe" / "signer.pub"
    key.parent.mkdir()
    key.write_text(SIGNER)
    reading = read(*((key, recorded.folder) if key_first else (recorded.folder, key)))
    (fact,) = [fact for fact in reading.found if fact.kind == "model-signature.v1"]
    assert (fact.body["verified"], fact.body["key_named"], fact.quality) == (True, True, Quality.COMPLETE)
    assert reading.not_read == ()


def test_the_fact_is_tied_to_the_weights_that_were_checked(recorded):
    subject = recorded("signer.pub").subject
    assert (subject.role, subject.digest is not None) == (Role.CANDIDATE, True)


def test_a_key_found_beside_the_model_verifies_and_is_partial(recorded):
    fact = recorded()
    assert (fact.body["verified"], fact.body["key_named"], fact.quality) == (True, False, Quality.PARTIAL)
    assert "whoever swaps the one can swap the other" in fact.quality_reasons[0]


def test_the_fingerprint_is_what_sha256sum_says_of_the_key(recorded):
    assert recorded().body["key_fingerprint"] == "sha256:" + hashlib.sha256(SIGNER.encode()).hexdigest()


def test_without_a_key_it_is_read_and_not_verified(recorded):
    (recorded.folder / "signer.pub").unlink()
    body = recorded().body
    assert body["verified"] is None
    assert "no public key" in body["not_checked"][0]


@pytest.mark.parametrize("named", [(), ("signer.pub",)])
def test_another_key_is_false(named, recorded):
    (recorded.folder / "signer.pub").write_bytes(pem(KEY))
    body = recorded(*named).body
    assert body["verified"] is False
    assert "not made with the key at hand" in body["problems"][0]


def test_a_named_key_is_the_only_one_asked(recorded):
    (recorded.folder / "other.pub").write_bytes(pem(KEY))
    assert recorded().body["verified"] is True
    assert recorded("other.pub").body["verified"] is False


def test_a_changed_a_missing_and_an_added_file_are_false(recorded):
    readme = recorded.folder / "adapter" / "README.md"
    readme.write_text("# Another\n")
    assert recorded().body["problems"] == ["README.md is not the file that was signed"]
    readme.unlink()
    assert recorded().body["problems"] == ["README.md was signed and is not there"]
    readme.write_text("# A tiny adapter\n")
    assert recorded().body["verified"] is True
    (recorded.folder / "adapter" / "extra.py").write_text("print()\n")
    body = recorded().body
    assert (body["verified"], body["files_not_covered"]) == (False, 1)
    assert body["problems"] == ["extra.py is loaded with the model and was not signed"]


def test_code_that_poses_as_a_key_is_no_key(recorded):
    (recorded.folder / "adapter" / "modeling.py").write_text(SIGNER + "print()\n")
    assert recorded().body["problems"] == ["modeling.py is loaded with the model and was not signed"]


def test_two_files_that_change_names_are_false_although_the_root_digest_stays(recorded):
    folder = recorded.folder / "adapter"
    (folder / "README.md").rename(folder / "x")
    (folder / "adapter_config.json").rename(folder / "README.md")
    (folder / "x").rename(folder / "adapter_config.json")
    assert recorded().body["verified"] is False


@pytest.mark.parametrize("place", ["payload", "sig"])
def test_one_changed_byte_in_payload_or_signature_is_false(place, recorded):
    path = recorded.folder / "key.sig"
    data = json.loads(path.read_text())
    envelope = data["dsseEnvelope"]
    if place == "payload":
        text = base64.b64decode(envelope["payload"]).replace(b'"allow_symlinks": false', b'"allow_symlinks": null ')
        envelope["payload"] = base64.b64encode(text).decode()
    else:
        raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
        raw[-1] ^= 1
        envelope["signatures"][0]["sig"] = base64.b64encode(bytes(raw)).decode()
    path.write_text(json.dumps(data))
    body = recorded().body
    assert body["verified"] is False
    assert "does not fit what is signed" in body["problems"][0]


def test_a_certificate_fits_and_is_never_trusted(sample, read):
    facts = {fact.path: fact for fact in read(sample("model-signing")).found}
    fact = facts["certificate.sig"]
    assert (fact.body["verified"], fact.body["method"], fact.quality) == (None, "certificate", Quality.COMPLETE)
    assert fact.body["signer"] == "Model signer of the city library"
    assert "takes a root" in fact.body["not_checked"][0]


def test_a_certificate_that_does_not_fit_is_false(sample, read):
    path = sample("model-signing") / "certificate.sig"
    data = json.loads(path.read_text())
    other = json.loads(path.with_name("key.sig").read_text())
    data["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"]
    path.write_text(json.dumps(data))
    facts = {fact.path: fact for fact in read(path.parent).found}
    assert facts["certificate.sig"].body["verified"] is False


@pytest.fixture
def made(tmp_path, read):
    """A model folder signed here and read with its key named."""

    def go(files, said=None, *, on_disk=None, named=True, **options):
        model = tmp_path / "release" / "adapter"
        for path, data in (on_disk if on_disk is not None else files).items():
            (model / path).parent.mkdir(parents=True, exist_ok=True)
            (model / path).write_bytes(data)
        key = tmp_path / "release" / "signer.pub"
        key.write_bytes(pem(options.get("key", KEY)))
        signature = tmp_path / "release" / "model.sig"
        signature.write_text(json.dumps(bundle(said or statement(files), **options)))
        paths = [tmp_path / "release", *([key] if named else [])]
        (fact,) = [fact for fact in read(*paths).found if fact.kind == "model-signature.v1"]
        return fact

    return go


FILES = {"weights/a.bin": b"1", "b.txt": b"2"}


def test_files_in_folders_below_are_covered(made):
    fact = made(FILES)
    assert (fact.body["verified"], fact.quality) == (True, Quality.COMPLETE)


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_the_hash_follows_the_curve(curve, made):
    digest = hashes.SHA384() if curve.key_size == 384 else hashes.SHA512()
    assert made(FILES, key=ec.generate_private_key(curve), digest=digest).body["verified"] is True


def test_the_spelling_that_version_0_2_signed_is_accepted(made):
    def early(payload):
        return f"DSSEV1 28 application/vnd.in-toto+json {len(payload)} {payload}".encode()

    said = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": path, "digest": {"sha256": hashlib.sha256(data).hexdigest()},
             "annotations": {"actual_hash_algorithm": "file-sha256"}}
            for path, data in FILES.items()
        ],
        "predicateType": "https://model_signing/Digests/v0.1",
        "predicate": {"unused": "x"},
    }  # fmt: skip
    body = made(FILES, said, signed=early).body
    assert (body["verified"], body["files"], body["manifest_digest"]) == (True, 2, None)


def test_the_key_inside_a_bundle_is_no_key_of_yours(made, tmp_path, read):
    material = {"publicKey": {"rawBytes": base64.b64encode(pem(KEY)).decode(), "keyDetails": "X"}}
    assert made(FILES, material=material).body["verified"] is True
    (tmp_path / "release" / "signer.pub").unlink()
    (fact,) = [fact for fact in read(tmp_path / "release").found if fact.kind == "model-signature.v1"]
    assert fact.body["verified"] is None


def test_a_model_of_one_file_is_that_file(made):
    said = statement({"model.gguf": b"x"}, name="model.gguf")
    said["predicate"]["resources"][0]["name"] = "."
    fact = made({}, said, on_disk={"model.gguf": b"x", "notes.txt": b"y"})
    assert (fact.body["verified"], fact.body["files"], fact.body["files_not_covered"]) == (True, 1, 1)
    assert made({}, said, on_disk={"model.gguf": b"changed"}).body["verified"] is False


def test_what_the_signer_left_out_is_said_and_what_git_keeps_is_not(made):
    said = statement(FILES, ignore_paths=["draft.md", ".gitattributes", ".github"])
    disk = FILES | {".gitattributes": b"x", ".github/x.yml": b"y"}
    fact = made(FILES, said, on_disk=disk)
    assert (fact.body["verified"], fact.body["files_not_covered"], fact.quality) == (True, 2, Quality.COMPLETE)
    fact = made(FILES, said, on_disk=disk | {"draft.md": b"z"})
    assert (fact.body["verified"], fact.quality) == (True, Quality.PARTIAL)
    assert "left out draft.md" in fact.quality_reasons[0]


def test_the_signer_can_not_leave_out_what_the_model_is_loaded_from(made, sample):
    files = {path.name: path.read_bytes() for path in (sample("model-signing") / "adapter").iterdir()}
    signed = {path: data for path, data in files.items() if not path.endswith(".safetensors")}
    said = statement(signed, ignore_paths=["adapter_model.safetensors"])
    body = made(signed, said, on_disk=files).body
    assert (body["verified"], body["problems"][0].split()[0]) == (False, "adapter_model.safetensors")


def test_a_list_that_denies_the_digest_over_it_is_false(made):
    said = statement(FILES)
    said["subject"][0]["digest"]["sha256"] = "0" * 64
    assert made(FILES, said).body["verified"] is False


@pytest.mark.parametrize("algorithm", ["blake2b", "blake3", "sha256-sharded"])
def test_other_digests_are_not_compared_and_never_true(algorithm, made):
    said = statement(FILES)
    for row in said["predicate"]["resources"]:
        row["algorithm"] = algorithm
    fact = made(FILES, said)
    assert (fact.body["verified"], fact.quality) == (None, Quality.PARTIAL)


def test_shards_are_not_compared_and_never_true(made):
    said = statement({"b.txt:0:1": b"2"}, method="shards", shard_size=1)
    assert made({"b.txt": b"2"}, said).body["verified"] is None


def test_a_file_that_git_lfs_did_not_fetch_is_not_compared(made):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    body = made(FILES, on_disk=FILES | {"b.txt": pointer}).body
    assert (body["verified"], body["problems"]) == (None, [])


def test_a_signature_without_its_model_says_so(made):
    fact = made(FILES, on_disk={"unrelated": b"x"})
    assert (fact.body["verified"], fact.quality) == (None, Quality.PARTIAL)


def test_a_signature_named_alone_does_not_know_what_was_added(recorded, read):
    (recorded.folder / "key.sig").rename(recorded.folder / "adapter" / "key.sig")
    (recorded.folder / "signer.pub").rename(recorded.folder / "adapter" / "signer.pub")
    (fact,) = read(recorded.folder / "adapter" / "key.sig", recorded.folder / "adapter" / "signer.pub").found
    assert (fact.body["verified"], fact.quality) == (None, Quality.PARTIAL)


def test_the_own_folder_comes_before_a_clean_copy_beside_it(recorded):
    folder = recorded.folder
    copy = folder / "copy"
    copy.mkdir()
    for path in (folder / "adapter").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    for name in ("key.sig", "signer.pub"):
        (folder / name).rename(folder / "adapter" / name)
    (folder / "adapter" / "README.md").write_text("changed")
    assert recorded().body["problems"] == ["README.md is not the file that was signed"]


def test_no_signature_at_all_is_false(recorded):
    path = recorded.folder / "key.sig"
    data = json.loads(path.read_text())
    data["dsseEnvelope"]["signatures"] = []
    path.write_text(json.dumps(data))
    assert recorded().body["verified"] is False


def test_a_second_signature_that_does_not_fit_is_false(recorded):
    path = recorded.folder / "key.sig"
    data = json.loads(path.read_text())
    data["dsseEnvelope"]["signatures"] += bundle(statement(FILES))["dsseEnvelope"]["signatures"]
    path.write_text(json.dumps(data))
    assert recorded().body["verified"] is False


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["dsseEnvelope"].update(payload="!!"),
        lambda data: data["dsseEnvelope"]["signatures"].append("x"),
        lambda data: data["dsseEnvelope"].update(signatures=[{"sig": "AB=="}]),
    ],
)
def test_a_broken_envelope_is_not_read(spoil, sample, read):
    path = sample("model-signing") / "key.sig"
    data = json.loads(path.read_text())
    text = data["dsseEnvelope"]["payload"]
    spoil(data)
    path.write_text(json.dumps(data | {"was": text}))
    reading = read(path)
    assert not reading.found
    assert [row.collector for row in reading.not_read] == ["model-signing"]


def test_a_path_that_leaves_the_folder_is_a_file_that_is_not_there(made):
    files = {"../../etc/passwd": b"x", "b.txt": b"2"}
    body = made(files, on_disk={"b.txt": b"2"}).body
    assert body["problems"] == ["../../etc/passwd was signed and is not there"]


def test_a_key_with_words_before_it_is_a_key_and_a_text_that_quotes_one_is_none(recorded):
    (recorded.folder / "signer.pub").write_text("Public Key Information:\n\tCurve: SECP256R1\n\n" + SIGNER)
    assert recorded("signer.pub").body["verified"] is True
    (recorded.folder / "signer.pub").write_text(SIGNER + "That was the key.\n")
    assert recorded().body["verified"] is None
