/** A registry on loopback that npm installs from: packages made of a table of files, as npm publishes them. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

export interface PublishedPackage {
  manifest: { name: string; version: string } & Record<string, unknown>;
  files: Record<string, Buffer>;
}

export interface NpmRegistry extends AsyncDisposable {
  url: string;
  /** Paths that were asked for. */
  asked: string[];
}

const fileOf = ({ name, version }: PublishedPackage["manifest"]): string => `${name}-${version}.tgz`;

export async function startRegistry(packages: readonly PublishedPackage[]): Promise<NpmRegistry> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const path = decodeURIComponent(req.url ?? "").slice(1);
    asked.push(path);
    const file = packages.find(({ manifest }) => path === fileOf(manifest));
    if (file) return void res.end(pack(file));
    const found = packages.filter(({ manifest }) => path === manifest.name);
    const [first] = found;
    if (!first) return void res.writeHead(404, { "content-type": "application/json" }).end("{}");
    const versions = found.map((one) => {
      const integrity = `sha512-${createHash("sha512").update(pack(one)).digest("base64")}`;
      const dist = { tarball: url + fileOf(one.manifest), integrity };
      return [one.manifest.version, { ...one.manifest, dist }];
    });
    res.writeHead(200, { "content-type": "application/json" });
    const latest = first.manifest.version;
    res.end(JSON.stringify({ name: path, "dist-tags": { latest }, versions: Object.fromEntries(versions) }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port.");
  const url = `http://127.0.0.1:${address.port}/`;
  return {
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const BLOCK = 512;

/** The ustar format, with what every reader needs of it. */
function pack({ manifest, files }: PublishedPackage): Buffer {
  const all = { "package.json": Buffer.from(JSON.stringify(manifest)), ...files };
  const entries = Object.entries(all).flatMap(([name, content]) => {
    const header = Buffer.alloc(BLOCK);
    header.write(`package/${name}`, 0);
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write(" ".repeat(8), 148);
    header.write("0", 156);
    header.write("ustar\u000000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]));
}
