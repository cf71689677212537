// only: untrusted
// run: bundle
export default {
  functions: { f: { name: "f", source: "./plain.ts", externalPackages: [{ name: "installed", includeFiles: true }] } },
};
