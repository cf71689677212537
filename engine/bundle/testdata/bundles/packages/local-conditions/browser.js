exports.taken = "browser or default";
