/* commands.c: the one list of commands. */
#include "cli/shell/shell.h"

#include <string.h>

/* X(variable): dispatch, help, manual pages and completion follow this. */
#define COMMANDS(X)          \
    X(cmd_analyze)           \
    X(cmd_verify)            \
    X(cmd_find)              \
    X(cmd_cluster)           \
    X(cmd_redact)            \
    X(cmd_detect)            \
    X(cmd_objects)           \
    X(cmd_dataset_sheet)     \
    X(cmd_dataset_compare)   \
    X(cmd_dataset_roles)     \
    X(cmd_dataset_agree)     \
    X(cmd_model_list)        \
    X(cmd_model_info)        \
    X(cmd_model_card)        \
    X(cmd_model_convert)     \
    X(cmd_table_describe)    \
    X(cmd_table_split)       \
    X(cmd_table_resample)    \
    X(cmd_table_plot)        \
    X(cmd_dataset_check)     \
    X(cmd_demo_anscombe)     \
    X(cmd_train_logistic)    \
    X(cmd_train_autoencoder) \
    X(cmd_train_cascade)     \
    X(cmd_train_net)         \
    X(cmd_train_landmarks)   \
    X(cmd_train_emotion)     \
    X(cmd_train_faces)       \
    X(cmd_cascade_roc)       \
    X(cmd_cascade_show)      \
    X(cmd_samples_show)      \
    X(cmd_faces_crop)        \
    X(cmd_faces_reconstruct) \
    X(cmd_faces_morph)       \
    X(cmd_faces_add)         \
    X(cmd_faces_sample)      \
    X(cmd_faces_walk)        \
    X(cmd_faces_near)        \
    X(cmd_track)             \
    X(cmd_smile)             \
    X(cmd_predict)           \
    X(cmd_evaluate)          \
    X(cmd_gallery_init)      \
    X(cmd_gallery_enroll)    \
    X(cmd_gallery_import)    \
    X(cmd_gallery_optout)    \
    X(cmd_gallery_show)      \
    X(cmd_gallery_add)       \
    X(cmd_gallery_evidence)  \
    X(cmd_gallery_inferred)  \
    X(cmd_gallery_remove)    \
    X(cmd_gallery_not)       \
    X(cmd_gallery_merge)     \
    X(cmd_gallery_split)     \
    X(cmd_gallery_undo)      \
    X(cmd_gallery_identify)  \
    X(cmd_gallery_calibrate) \
    X(cmd_gallery_list)      \
    X(cmd_gallery_notice)    \
    X(cmd_gallery_rename)    \
    X(cmd_gallery_withdraw)  \
    X(cmd_gallery_delete)    \
    X(cmd_gallery_export)    \
    X(cmd_gallery_audit)     \
    X(cmd_gallery_attack)    \
    X(cmd_gallery_backup)    \
    X(cmd_gallery_restore)   \
    X(cmd_gallery_rekey)     \
    X(cmd_queue_init)        \
    X(cmd_queue_add)         \
    X(cmd_queue_status)      \
    X(cmd_queue_results)     \
    X(cmd_queue_retry)       \
    X(cmd_queue_forget)      \
    X(cmd_worker)            \
    X(cmd_serve)             \
    X(cmd_key_add)           \
    X(cmd_key_list)          \
    X(cmd_key_revoke)        \
    X(cmd_help)              \
    X(cmd_completion)

#define X(variable) extern const cli_command variable;
COMMANDS(X)
#undef X

static const cli_command *const commands[] = {
#define X(variable) &variable,
    COMMANDS(X)
#undef X
};
#define X(variable) +1
enum { n_commands = COMMANDS(X) };
#undef X
_Static_assert((int)n_commands <= (int)CLI_MAX_COMMANDS,
               "more commands than room");

const cli_command *cli_command_at(int i)
{
    return i < n_commands ? commands[i] : NULL;
}

/* How many words of a name, "model list", stand at words; 0: others do. */
static int matches(const char *name, char **words, int n)
{
    int used = 0;
    while (*name) {
        size_t len = strcspn(name, " ");
        if (used == n || strlen(words[used]) != len ||
            memcmp(words[used], name, len) != 0)
            return 0;
        used++;
        name += len + (name[len] == ' ');
    }
    return used;
}

const cli_command *cli_command_find(char **words, int n, int *used)
{
    for (int i = 0; i < n_commands; i++) {
        *used = matches(commands[i]->name, words, n);
        if (*used)
            return commands[i];
    }
    return NULL;
}
