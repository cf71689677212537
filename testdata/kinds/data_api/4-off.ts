export default { auth: true, dataApi: false };
