// Left alone.
export default { auth: true };
