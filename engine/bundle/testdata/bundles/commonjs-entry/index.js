"use strict";

const { EOL } = require("os");
const text = require("./text.txt");
const { list } = require("./data.json");

module.exports = {
  async fetch(request) {
    const { late } = await import("./late.mjs");
    return Response.json([request.method, EOL, text, list, late, module.exports === this, typeof module.id]);
  },
};
