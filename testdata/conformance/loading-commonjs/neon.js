module.exports = { auth: true };
