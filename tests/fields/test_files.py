"""A field survives its file; a broken file is told apart from a foreign one."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import pytest

from bifbridge import CTRNN, random_ctrnn
from bifbridge._errors import FileFormatError
from bifbridge.fields import load_field, save_field


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_round_trip(tmp_path, dtype):
    field = random_ctrnn(4, inputs=2, key=jr.key(0), dtype=dtype)
    save_field(tmp_path / "a.eqx", field)
    assert eqx.tree_equal(load_field(tmp_path / "a.eqx"), field)
    assert [p.name for p in tmp_path.iterdir()] == ["a.eqx"]


def test_a_truncated_file_is_called_truncated(tmp_path):
    path = tmp_path / "a.eqx"
    save_field(path, random_ctrnn(4, key=jr.key(0)))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(FileFormatError, match="truncated or damaged"):
        load_field(path)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b'{"format": "other", "type": "x"}\n'])
def test_a_foreign_file_is_refused(tmp_path, content):
    path = tmp_path / "a.eqx"
    path.write_bytes(content)
    with pytest.raises(FileFormatError):
        load_field(path)


def test_a_nameless_nonlinearity_is_refused(tmp_path):
    field = CTRNN(jnp.eye(2), nonlinearity=lambda z: z**2)
    with pytest.raises(TypeError, match="has no name"):
        save_field(tmp_path / "a.eqx", field)
    assert list(tmp_path.iterdir()) == []
