module.exports = "production build";
