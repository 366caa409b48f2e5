// Runs one test of a JUnit class: OneTest CLASS METHOD. Ends with 1 where it fails, and says why.
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.Result;

public class OneTest {
    public static void main(String[] args) throws Exception {
        Result result = new JUnitCore().run(Request.method(Class.forName(args[0]), args[1]));
        result.getFailures().forEach(failure -> System.err.println(failure.getTrace()));
        System.exit(result.getRunCount() == 1 && result.wasSuccessful() ? 0 : 1);
    }
}
