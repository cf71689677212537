const path = require("path");
const other = require("./other");
const builtin = "node:os";

exports.named = other.name;
exports.place = {
  filename: path.basename(__filename),
  isInDirname: path.dirname(__filename) === __dirname,
  computed: typeof require(builtin).cpus,
  resolve: typeof require.resolve,
  json: require("../package.json").version,
  this: this === module.exports,
  main: require.main === module,
};
