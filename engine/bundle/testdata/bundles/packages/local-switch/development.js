module.exports = "development build";
