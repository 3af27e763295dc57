/* logistic.c: a logistic regression from a table, judged on rows that it did
 * not see, and written with its report into a folder. */
#include <mien/mien.h>
#include <stdio.h>

/* How good it is on the test part, and at which threshold. */
static void print_verdict(const mien_verdict *v)
{
    printf("threshold %.4f\nAUC %.4f (%.4f to %.4f)\n", v->threshold,
           v->auc.value, v->auc.low, v->auc.high);
    printf("found %.0f of %.0f, false alarms %.0f\n", v->count.tp,
           v->count.tp + v->count.fn, v->count.fp);
}

int main(int argc, char **argv)
{
    mien_study_options options = MIEN_STUDY_DEFAULTS;
    mien_bytes file = {0};
    mien_table *table = NULL;
    mien_study *study = NULL;
    mien_error err = {0};
    char digest[65]; /* the model keeps of which table it is */
    if (argc != 4)
        return fputs("logistic TABLE.csv LABEL FOLDER\n", stderr), 2;
    if (mien_file_load(argv[1], 0, &file, &err))
        return fprintf(stderr, "logistic: %s\n", err.text), 1;
    mien_sha256(file.data, file.n, digest);
    options.recipe.label = argv[2];
    options.data_sha256 = digest;
    options.name = argv[1];
    if (mien_csv_read(file.data, file.n, NULL, &table, &err) ||
        mien_study_new(table, &options, &study, &err) ||
        mien_study_learn(study, NULL, &err) || mien_study_judge(study, &err) ||
        mien_study_save(study, argv[3], &err))
        fprintf(stderr, "logistic: %s\n", err.text);
    else
        print_verdict(mien_study_verdict(study, MIEN_PART_TEST));
    mien_study_free(study);
    mien_table_free(table);
    mien_bytes_free(&file);
    return err.status != MIEN_OK;
}
