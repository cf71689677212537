export default { branch: () => { for (;;); } };
