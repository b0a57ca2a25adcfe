package freshet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.beans.XMLDecoder;
import java.io.ObjectInputStream;

/** Which module may use which, and why; beside the dependencies that the poms leave out. */
@AnalyzeClasses(packages = "freshet", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleBoundariesTest {

    @ArchTest
    static final ArchRule schemasKnowOnlyAvro =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.schemas..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "freshet.learners..",
                            "freshet.engines..",
                            "freshet.operators..",
                            "freshet.pipelines..",
                            "freshet.jobs..",
                            "org.apache.flink..",
                            "org.apache.kafka..")
                    .because("a client that only writes records must need nothing else");

    @ArchTest
    static final ArchRule learnersAreFreeOfTheRuntime =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.learners..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.flink..",
                            "org.apache.kafka..",
                            "org.apache.avro..",
                            "freshet.schemas..",
                            "freshet.operators..",
                            "freshet.pipelines..",
                            "freshet.jobs..")
                    .because("numeric code must be testable, and reusable, without a cluster");

    @ArchTest
    static final ArchRule clientsKnowOnlySchemasAndKafka =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.client..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage("freshet..", "org.apache.flink..")
                                    .and(
                                            not(
                                                    resideInAnyPackage(
                                                            "freshet.client..",
                                                            "freshet.schemas.."))))
                    .because("it runs on a robot, where there is no room for more");

    @ArchTest
    static final ArchRule simulatorsKnowOnlyRandomNumbers =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.simulators..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("freshet..")
                                    .and(
                                            not(
                                                    resideInAnyPackage(
                                                            "freshet.simulators..",
                                                            "freshet.learners.tensor.."))))
                    .because("a robot knows nothing of the model, and talks to it by records only");

    @ArchTest
    static final ArchRule noModelKnowsASimulator =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "freshet.learners..", "freshet.operators..", "freshet.pipelines..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("freshet.simulators..")
                    .because("a model sees what a robot sends; the true state is for probes");

    @ArchTest
    static final ArchRule noModelKnowsItsEngine =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "freshet.learners..", "freshet.operators..", "freshet.pipelines..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "freshet.engines..",
                            "freshet.encoders..",
                            "org.bytedeco..",
                            "org.nd4j..",
                            "org.deeplearning4j..")
                    .because("engine and encoder are found by ServiceLoader, chosen by an option");

    /** Classes of this kind are here only with the Maven profiles that build them. */
    @ArchTest
    static final ArchRule encodersKnowOnlyImagesAndTheirEngine =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.encoders..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                            "freshet..",
                                            "org.apache.flink..",
                                            "org.apache.kafka..",
                                            "org.apache.avro..")
                                    .and(
                                            not(
                                                    resideInAnyPackage(
                                                            "freshet.encoders..",
                                                            "freshet.engines..",
                                                            "freshet.learners.tensor..",
                                                            "freshet.learners.vision.."))))
                    .allowEmptyShould(true)
                    .because("what stands in front of a model knows nothing of what learns behind");

    @ArchTest
    static final ArchRule noEngineKnowsAModel =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.engines..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "freshet.learners.language..",
                            "freshet.learners.memory..",
                            "freshet.learners.stability..",
                            "freshet.schemas..",
                            "freshet.operators..",
                            "freshet.pipelines..",
                            "freshet.jobs..",
                            "org.apache.flink..",
                            "org.apache.kafka..",
                            "org.apache.avro..")
                    .because("an engine offers operations; what is made of them is not its matter");

    @ArchTest
    static final ArchRule operatorsAreFreeOfKafka =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.operators..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.kafka..",
                            "org.apache.flink.connector..",
                            "freshet.pipelines..",
                            "freshet.jobs..")
                    .because("topics and guarantees are the pipelines', in one place");

    @ArchTest
    static final ArchRule pipelinesDoNotKnowJobs =
            noClasses()
                    .that()
                    .resideInAPackage("freshet.pipelines..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("freshet.jobs..")
                    .because("a pipeline takes streams and returns streams; jobs choose the ends");

    @ArchTest
    static final ArchRule onlyTheCommandLineEndsTheProcess =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("freshet.jobs..")
                    .and()
                    .resideOutsideOfPackage("freshet.benchmarks..")
                    .should()
                    .callMethod(System.class, "exit", int.class)
                    .because("a library that ends the process takes the task manager with it");

    /** Flink's own state and job graphs go by its serializers, which are not ours to choose. */
    @ArchTest
    static final ArchRule nothingIsReadByJavaSerialization =
            noClasses()
                    .that()
                    .resideInAPackage("freshet..")
                    .should()
                    .dependOnClassesThat(
                            assignableTo(ObjectInputStream.class)
                                    .or(assignableTo(XMLDecoder.class))
                                    .or(resideInAPackage("com.esotericsoftware..")))
                    .because("whoever may write a topic would run code in every reader");
}
