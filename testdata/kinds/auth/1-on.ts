export default { auth: true };
