// The rules of the house that a machine can check: who may import whom, what only env may touch, how long a file may be.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** What each package may import of ours (docs/ARCHITECTURE.md). `test` files may import what the package tests with. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  std: [],
  env: ["std"],
  protocol: ["std"],
  records: ["std"],
  storage: ["std", "env", "records"],
  metadata: ["std", "env", "storage"],
  coordinators: ["std", "env", "protocol", "records"],
  broker: ["std", "env", "protocol", "records", "storage", "metadata", "coordinators"],
  client: ["std", "env", "protocol", "records"],
  testing: ["std", "env", "protocol", "records", "storage", "metadata", "coordinators", "broker", "client"],
  cli: ["std", "env", "protocol", "records", "storage", "metadata", "coordinators", "broker", "client"],
  sim: ["std", "env", "protocol", "records", "storage", "metadata", "coordinators", "broker"],
};
/** What metadata may use of storage: the catalog's ports. */
const STORAGE_IN_METADATA = ["ClusterLog", "Version"];

const MAX_LINES = 400;
const VAGUE_NAMES = /(^|\/)(utils?|helpers?|common|misc|manager)(\.[a-z]+)?(\/|$)/i;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly packageName: string | undefined;
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const sources: readonly Source[] = files
  .filter((path) => /\.(ts|mjs|c|h|java|go|py|rs)$/.test(path) && !path.includes("/testdata/"))
  .flatMap((path) => {
    try {
      return [{ path, text: readFileSync(path, "utf8"), packageName: /^packages\/([^/]+)\//.exec(path)?.[1] }];
    } catch {
      return []; // deleted, but not yet in the index
    }
  });
const inPackages = sources.filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path));
/** What is shipped: without tests, contracts that adapters are held to, and what only tests use. */
const product = inPackages.filter(({ path }) => !/\.test\.ts$|[.-]contract\.ts$|\/testing\//.test(path));

/** Comments and strings don't act. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*$/gm, "");

describe("imports", () => {
  const importsOf = (text: string) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*["'](@moldau\/[^"']+)["']/g)].map((match) => match[1] ?? "");

  it("knows every package", () => {
    const packages = new Set(sources.flatMap(({ packageName }) => packageName ?? []));
    expect([...packages].filter((name) => !(name in MAY_IMPORT))).toEqual([]);
  });

  it("goes only where the table allows, and only to a package's index", () => {
    const wrong = inPackages.flatMap(({ path, text, packageName = "" }) =>
      importsOf(text)
        .filter((name) => name !== `@moldau/${packageName}` && !MAY_IMPORT[packageName]?.includes(name.slice("@moldau/".length)))
        .map((name) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("takes from storage into metadata only the catalog's ports", () => {
    const taken = product
      .filter(({ packageName }) => packageName === "metadata")
      .flatMap(({ text }) => [...text.matchAll(/import (type )?\{([^}]+)\} from "@moldau\/storage"/g)])
      .flatMap(([, , names = ""]) => names.split(",").map((name) => name.trim().replace(/^type /, "")));
    expect(taken.filter((name) => !STORAGE_IN_METADATA.includes(name))).toEqual([]);
  });

  it("never reaches into another package's files", () => {
    const reaching = inPackages.filter(({ text, packageName }) => new RegExp(`from "(\\.\\./)+(?!${packageName})[a-z]+/src/`).test(text));
    expect(reaching.map(({ path }) => path)).toEqual([]);
  });

  it("is declared: the references of tsconfig and the dependencies of package.json say the same as the table", () => {
    for (const [name, allowed] of Object.entries(MAY_IMPORT)) {
      const { references } = JSON.parse(readFileSync(`packages/${name}/tsconfig.json`, "utf8"));
      const { dependencies } = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8"));
      const referenced = references.map(({ path }: { path: string }) => path.slice("../".length));
      const depended = Object.keys(dependencies).flatMap((dependency) => (dependency.startsWith("@moldau/") ? [dependency.slice(8)] : []));
      expect({ name, referenced: referenced.sort(), depended: depended.sort() }).toEqual({
        name,
        referenced: [...allowed].sort(),
        depended: [...allowed].sort(),
      });
    }
  });
});

describe("the world", () => {
  it("is reached through env only: no clock, chance, timer, disk or network elsewhere", () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(|\bperformance\.now\b|\bprocess\.hrtime\b|"(node:)?(fs|fs\/promises|net|dgram|tls)"/;
    const outside = product.filter(({ packageName }) => packageName !== "env" && packageName !== "cli");
    expect(outside.filter(({ text }) => forbidden.test(code(text))).map(({ path }) => path)).toEqual([]);
  });
});

describe("files", () => {
  it(`have ${MAX_LINES} lines at most`, () => {
    const long = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 })).filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it("say in their first line what they hold", () => {
    const silent = product.filter(({ path, text }) => !path.endsWith("/index.ts") && !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it("have names that say something", () => {
    expect(files.filter((path) => VAGUE_NAMES.test(path))).toEqual([]);
  });

  it("leave nothing behind", () => {
    const leftovers = /\b(TODO|FIXME|XXX)\b|\b(it|test|describe)\.(skip|only)\(|\bas any\b|@ts-ignore/;
    const found = sources.filter(({ path, text }) => path !== "test/house-rules.test.ts" && leftovers.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("name no machine and no registry", () => {
    const local = files.filter((path) => !/\.(png|bin|snap)$/.test(path) && path !== "test/house-rules.test.ts");
    const named = local.filter((path) => {
      try {
        return /registry\.npmjs|repo1?\.maven|proxy\.golang|files\.pythonhosted|crates\.io\/api|"\/work\/|'\/work\//.test(
          readFileSync(path, "utf8"),
        );
      } catch {
        return false;
      }
    });
    expect(named).toEqual([]);
  });
});
