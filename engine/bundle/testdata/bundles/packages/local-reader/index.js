const { readFileSync } = require("fs");
const { join } = require("path");

exports.greeting = () => readFileSync(join(__dirname, "greeting.txt"), "utf8");
