exports.taken = "require";
