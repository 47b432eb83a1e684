/**
 * In place of the download: this machine's own CPython, packed as uv's source packs them. So uv brings an interpreter here without a
 * network; what only the real one shows (another CPU, its size) stays untried.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const PACK = `
import hashlib, json, os, platform, sys, sysconfig, tarfile
folder = sys.argv[1]
major, minor, patch = sys.version_info[:3]
name = f"python{major}.{minor}"
stdlib = sysconfig.get_path("stdlib")
library = os.path.join(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))
archive = os.path.join(folder, "cpython.tar.gz")
LEFT_OUT = {"test", "site-packages", "dist-packages", "__pycache__", "idlelib", "ensurepip"}
def kept(entry):
    return None if LEFT_OUT & set(entry.name.split("/")) or "/config-" in entry.name else entry
with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as tar:
    tar.add(os.path.realpath(sys.executable), f"python/bin/{name}")
    tar.add(os.path.realpath(sys.executable), "python/bin/python3")
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        tar.add(library, f"python/lib/{os.path.basename(library)}")
    tar.add(stdlib, f"python/lib/{name}", filter=kept)
with open(archive, "rb") as packed:
    sha256 = hashlib.sha256(packed.read()).hexdigest()
arch = {"family": platform.machine().replace("arm64", "aarch64"), "variant": None}
entry = {"name": "cpython", "arch": arch, "os": "linux", "libc": "gnu", "major": major, "minor": minor, "patch": patch,
         "prerelease": "", "url": f"file://{archive}", "sha256": sha256, "variant": None, "build": "20260101"}
listing = os.path.join(folder, "downloads.json")
with open(listing, "w") as out:
    json.dump({f"cpython-{major}.{minor}.{patch}-linux-{arch['family']}-gnu": entry}, out)
`;

/** @returns the file for UV_PYTHON_DOWNLOADS_JSON_URL */
export async function packOwnInterpreter(python: string, folder: string): Promise<string> {
  await promisify(execFile)(python, ["-c", PACK, folder]);
  return join(folder, "downloads.json");
}
