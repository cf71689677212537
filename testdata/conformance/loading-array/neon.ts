export default [{}];
