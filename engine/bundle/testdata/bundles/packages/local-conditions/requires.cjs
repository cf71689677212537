exports.required = require("local-conditions").taken;
